import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const expressionCodes = defineCodes({
  'expression/evaluation': {
    exit: exitCodes.failed,
    title: 'an expression could not be evaluated',
    help: 'An error in an expression is never false: the step fails. The message names the expression and what it met. Guard what may be missing with `has()` or `.?name.orValue(…)`.',
  },
  'expression/syntax': {
    exit: exitCodes.invalid,
    title: 'a `${{ … }}` cannot be read',
    help: '`${{ }}` holds one expression of Google CEL. Write `$${{` for a literal `${{`.',
  },
  'expression/too-large': {
    exit: exitCodes.invalid,
    title: 'an expression is larger than an expression may be',
    help: 'Limits hold so that no expression runs away: 500 nodes, nesting 32, two comprehensions inside each other. Do larger work in SQL.',
  },
  'expression/type': {
    exit: exitCodes.invalid,
    title: 'the types in an expression do not fit',
    help: 'Every expression is checked before a run against the types of params, targets and outputs. All numbers are doubles.',
  },
  'expression/unguarded': {
    exit: exitCodes.invalid,
    title: 'an output that may be missing is used without a guard',
    help: 'A step with `if` or `onFailure: continue` may have no outputs. Write `has(steps.x.y) ? steps.x.y : …` or `steps.x.?y.orValue(…)`.',
  },
  'expression/unknown-name': {
    exit: exitCodes.invalid,
    title: 'an expression uses a name that does not exist there',
    help: 'Expressions see params, secrets, targets, earlier steps, preconditions, run, now and runbook, and the functions of the expression reference.',
  },
  'expression/unsafe-pattern': {
    exit: exitCodes.invalid,
    title: 'the pattern of `matches()` could take for ever',
    help: 'A pattern must be a literal without lookaround, references to groups, repeats inside repeats or alternatives inside unbounded repeats. `startsWith`, `endsWith` and `contains` need none.',
  },
});
