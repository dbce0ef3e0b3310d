import { describe, expect, it } from 'vitest';
import { hostsOf, settingsOf } from './settings_form';

const form = { base_url: ' https://erp.example ', kind: 'bearer' as const, auth: {}, hosts: '' };

describe('settingsOf', () => {
  it('sends only the fields of the sign-in that is chosen', () => {
    const auth = { kind: 'basic', username: 'ann', password: 'set', token: 'abc' };
    expect(settingsOf({ ...form, auth }).auth).toEqual({ kind: 'bearer', token: 'abc' });
  });
  it('leaves out what is optional and empty, and keeps what the form does not know', () => {
    const auth = { token_url: 'https://t', client_id: 'c', client_secret: 'set', scope: '', client_auth: 'body' };
    const sent = settingsOf({ ...form, kind: 'oauth2', auth }).auth;
    expect(sent).toEqual({
      kind: 'oauth2',
      token_url: 'https://t',
      client_id: 'c',
      client_secret: 'set',
      client_auth: 'body',
    });
  });
  it('trims the base URL and reads hosts by line or comma', () => {
    expect(settingsOf(form).base_url).toBe('https://erp.example');
    expect(hostsOf('a.example, b.example\n c.example')).toEqual(['a.example', 'b.example', 'c.example']);
  });
});
