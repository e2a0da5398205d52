import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const testCodes = defineCodes({
  'test/bad-answer': {
    exit: exitCodes.invalid,
    title: 'a case answers a gate in a way that the gate does not take',
    help: 'A gate with `expect` takes the text that has to be typed; one without, and an approval, takes `yes` or `no`.',
  },
  'test/duplicate-name': {
    exit: exitCodes.invalid,
    title: 'two cases of a file have the same name',
    help: 'Reports tell cases apart by their names.',
  },
  'test/failed': {
    exit: exitCodes.found,
    title: 'a run did not end as its case expects',
    help: 'Each difference is said with what was expected and what was found, at the line of the case. The run was made on scratch databases; nothing else was touched.',
  },
  'test/interrupted': {
    exit: exitCodes.interrupted,
    title: 'the cases were interrupted',
    help: 'A signal came while cases were running. They run on scratch databases only, which are gone.',
  },
  'test/no-cases': {
    exit: exitCodes.usage,
    title: 'there are no test cases',
    help: 'Cases lie beside a runbook: `prune.test.yaml` tests `prune.yaml`. `belay test` looks in the folders of runbooks, or where it is told to.',
  },
  'test/no-fixture': {
    exit: exitCodes.invalid,
    title: 'a case says nothing of a target',
    help: 'A case never runs on a live database: each target has its `fixture` in the case, or in the environment given with `--env`. `{absent: true}` means that no file is there.',
  },
  'test/no-runbook': {
    exit: exitCodes.invalid,
    title: 'there is no runbook beside the test cases',
    help: 'Cases lie beside their runbook and have its name: `prune.test.yaml` tests `prune.yaml`.',
  },
  'test/unknown-name': {
    exit: exitCodes.invalid,
    title: 'a case names something that its runbook does not have',
    help: 'Steps, targets, params and outputs are those of the runbook that lies beside the cases.',
  },
});
