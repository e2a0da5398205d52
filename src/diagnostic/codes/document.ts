import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const documentCodes = defineCodes({
  'document/bad-format': {
    exit: exitCodes.invalid,
    title: 'a text is not written as its key wants it',
    help: 'Durations are written like `30s`, `5m`, `90d`, sizes like `64MiB` or `1GB`, ids like `deleteOld`. The message says the rule that the text breaks.',
  },
  'document/bad-key': {
    exit: exitCodes.invalid,
    title: 'a key is not plain text',
    help: 'Every key is a text. Quote keys that YAML reads as something else: `"1":`, `"null":`.',
  },
  'document/circular-alias': {
    exit: exitCodes.invalid,
    title: 'an anchor contains an alias to itself',
    help: 'A value that contains itself has no end. Write the inner part out.',
  },
  'document/conflicting-keys': {
    exit: exitCodes.invalid,
    title: 'keys that exclude or need one another',
    help: 'Some keys stand only beside others, such as `message` beside `assert` or `ensure`; some exclude one another, such as `action` and `assert`.',
  },
  'document/control-character': {
    exit: exitCodes.invalid,
    title: 'the file contains a control character',
    help: 'Control characters are invisible and not allowed in YAML. Remove it, or write it as an escape inside double quotes, such as "\\x1b".',
  },
  'document/directive': {
    exit: exitCodes.invalid,
    title: 'a directive other than `%YAML 1.2`',
    help: 'Belay reads YAML 1.2 only: under 1.1 `yes` is true, `012` is ten and `12:30` is a number. Remove the directive.',
  },
  'document/duplicate-item': {
    exit: exitCodes.invalid,
    title: 'a list names the same thing twice',
    help: 'Remove the second one.',
  },
  'document/duplicate-key': {
    exit: exitCodes.invalid,
    title: 'a key stands twice in the same mapping',
    help: 'Only one of the two could count, and a reader cannot see which. Remove or rename one.',
  },
  'document/empty': {
    exit: exitCodes.invalid,
    title: 'the file contains nothing',
    help: 'A file with only blank lines and comments says nothing. `belay init` writes a runbook to start from.',
  },
  'document/integer-too-large': {
    exit: exitCodes.invalid,
    title: 'an integer that cannot be kept exactly',
    help: 'Numbers are doubles: beyond 9,007,199,254,740,991 (2^53 - 1) neighbours become equal. Quote it, if it is a name or an id.',
  },
  'document/leading-zero': {
    exit: exitCodes.invalid,
    title: 'a number with a leading zero',
    help: 'YAML 1.1 reads `012` as ten, YAML 1.2 as twelve. Quote it if it is a text, else write it without the zero.',
  },
  'document/merge-key': {
    exit: exitCodes.invalid,
    title: 'a merge key',
    help: '`<<` belongs to YAML 1.1. Use an alias for the whole value, or write the keys out.',
  },
  'document/missing-key': {
    exit: exitCodes.invalid,
    title: 'a required key is missing',
    help: 'Add it. The reference pages and an editor with the schema list the keys that are required.',
  },
  'document/not-allowed-value': {
    exit: exitCodes.invalid,
    title: 'a value that is not one of those allowed',
    help: 'The message lists the values that are allowed there.',
  },
  'document/not-finite': {
    exit: exitCodes.invalid,
    title: 'a number that is infinite or not a number',
    help: 'No setting takes `.inf` or `.nan`, and a number too large for a double becomes infinite. Write a finite number.',
  },
  'document/not-utf8': {
    exit: exitCodes.invalid,
    title: 'the file is not UTF-8',
    help: 'Save it as UTF-8 in your editor, or convert it: `iconv -f ISO-8859-1 -t UTF-8 old.yaml > new.yaml`.',
  },
  'document/out-of-range': {
    exit: exitCodes.invalid,
    title: 'a number, text or list outside its limits',
    help: 'The message says the limit.',
  },
  'document/reserved-key': {
    exit: exitCodes.invalid,
    title: 'a key that JavaScript reserves',
    help: '`__proto__`, `constructor` and `prototype` mean something to the language that Belay is written in, and are refused everywhere. Choose another name.',
  },
  'document/several-documents': {
    exit: exitCodes.invalid,
    title: 'the file contains more than one document',
    help: 'One file is one runbook. Put what follows the `---` into a file of its own.',
  },
  'document/syntax': {
    exit: exitCodes.invalid,
    title: 'the text is not YAML',
    help: 'Most often: wrong indentation, an unclosed quote or bracket, or a text with `: ` or an expression in `{ }` that needs quotes.',
  },
  'document/tab': {
    exit: exitCodes.invalid,
    title: 'a tab in the indentation',
    help: 'YAML is indented with spaces. Most editors convert tabs on saving when told to.',
  },
  'document/tag': {
    exit: exitCodes.invalid,
    title: 'a YAML tag',
    help: 'Tags such as `!!str` or `!include` are refused: every value means what it looks like. Quote a text instead of tagging it.',
  },
  'document/too-deep': {
    exit: exitCodes.invalid,
    title: 'values nested too deeply',
    help: 'The limit is 64 levels; no runbook needs a tenth of it.',
  },
  'document/too-large': {
    exit: exitCodes.invalid,
    title: 'the file is larger than 1 MiB',
    help: 'A runbook describes work, it does not carry data. Put SQL and data into files of their own.',
  },
  'document/too-many-aliases': {
    exit: exitCodes.invalid,
    title: 'more than 20 aliases',
    help: 'Aliases multiply what a reader and the program must hold. Write the values out, or use `defaults`.',
  },
  'document/unknown-alias': {
    exit: exitCodes.invalid,
    title: 'an alias without its anchor',
    help: 'An unquoted `*name` refers to `&name` earlier in the file. Quote it if it is a pattern: `"*.db"`.',
  },
  'document/unknown-key': {
    exit: exitCodes.invalid,
    title: 'a key that does not exist there',
    help: 'Unknown keys are errors, so that a mistyped `timeout` is not silently no timeout. The message names the nearest key, or those allowed.',
  },
  'document/outside-project': {
    exit: exitCodes.invalid,
    title: 'a file of the project leads to one outside it',
    help: 'A branch that nobody trusts could hold a link to any file of this machine, and findings show the lines that they speak of. So a runbook and belay.yaml must lie in the project (the checkout, else the folder of belay.yaml), unless you name the file itself on the command line.',
  },
  'document/unreadable': {
    exit: exitCodes.invalid,
    title: 'the file cannot be read',
    help: 'It does not exist, is a folder, or you may not read it.',
  },
  'document/wrong-type': {
    exit: exitCodes.invalid,
    title: 'a value of the wrong kind',
    help: 'The message says what is expected and what was found. `yes`, `no`, `on`, `off` are texts in YAML 1.2: write `true` or `false`.',
  },
});
