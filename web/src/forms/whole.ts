// What CodeMirror has beside for texts of their own: grammars, line numbers, folding, search.
import { autocompletion } from '@codemirror/autocomplete';
import { json } from '@codemirror/lang-json';
import { python } from '@codemirror/lang-python';
import { yaml } from '@codemirror/lang-yaml';
import { foldGutter } from '@codemirror/language';
import { lintGutter } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import type { Extension } from '@codemirror/state';
import { keymap, lineNumbers } from '@codemirror/view';
import type { Language } from './codemirror';

const GRAMMARS: Partial<Record<Language, () => Extension>> = { python, json, yaml };

export function wholeText(language: Language): Extension {
  return [
    lineNumbers(),
    search({ top: true }),
    highlightSelectionMatches(),
    lintGutter(),
    language === 'yaml' ? foldGutter() : [],
    autocompletion(),
    GRAMMARS[language]?.() ?? [],
    keymap.of(searchKeymap),
  ];
}
