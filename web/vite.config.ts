import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/**
 * Writes a .gz beside every text asset, so that the Python server never compresses at run time.
 * No .br: browsers only ask for Brotli over HTTPS, where a proxy can add it, and it triples the build time.
 */
function precompress(): Plugin {
  const gz = promisify(gzip);
  return {
    name: 'precompress',
    apply: 'build',
    generateBundle: {
      order: 'post',
      async handler(_options, bundle) {
        for (const [name, item] of Object.entries(bundle)) {
          if (!/\.(js|css|svg|json)$/.test(name)) continue;
          const body = Buffer.from(item.type === 'chunk' ? item.code : item.source);
          if (body.length >= 1024)
            this.emitFile({ type: 'asset', fileName: `${name}.gz`, source: await gz(body, { level: 9 }) });
        }
      },
    },
  };
}

/** The server that `npm run dev` shows the page of. */
const API = process.env.FLOWSLOT_API ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react(), precompress()],
  build: {
    outDir: '../src/flowslot/ui',
    emptyOutDir: true,
    target: 'es2022',
    reportCompressedSize: false,
    sourcemap: false,
  },
  // changeOrigin off: the server compares the Origin of a sign-in with the Host it sees
  server: {
    proxy: { '/api': { target: API, changeOrigin: false }, '/hooks': { target: API, changeOrigin: false } },
  },
});
