import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const planCodes = defineCodes({
  'plan/no-fixture': {
    exit: exitCodes.invalid,
    title: 'there is neither a fixture nor a database to plan a runbook on',
    help: '`belay plan --all` plans every runbook, in CI on the fixtures of an environment: `environments.NAME.fixtures` in belay.yaml says for each target which SQL file or database stands for it.',
  },
  'plan/outside-project': {
    exit: exitCodes.invalid,
    title: 'a step names an SQL file outside the project',
    help: 'A plan shows the SQL that it reads, so a runbook must not choose any file of this machine: SQL files and migrations lie in the project (the checkout, else the folder of belay.yaml), or where the operator says with `-p` or `--params-file`.',
  },
  'plan/stale': {
    exit: exitCodes.refused,
    title: 'the plan is stale: what it was made for has changed',
    help: 'A plan is bound to the runbook, its params and files, the environment, and the identity and schema of every target. Something of these changed since; the message names it. Make the plan anew, read it, and run that.',
  },
  'plan/target-without-path': {
    exit: exitCodes.refused,
    title: 'a target has no path',
    help: 'The `path` of a target came out empty: give the param that it is made of.',
  },
  'plan/unknown-catalogue-target': {
    exit: exitCodes.invalid,
    title: '`use:` names a target that the catalogue does not hold',
    help: 'Targets for `use:` are declared under `targets` in belay.yaml; `belay targets` lists them.',
  },
  'plan/unknown-store': {
    exit: exitCodes.invalid,
    title: 'a store is not declared',
    help: 'Stores are declared under `stores` in belay.yaml; `local` is built in and lies in the state folder.',
  },
  'plan/unreadable-file': {
    exit: exitCodes.invalid,
    title: 'a file that a step names cannot be read',
    help: 'Paths written in a runbook are relative to the project: the folder of belay.yaml, else of the runbook.',
  },
});
