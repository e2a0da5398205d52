export { checkStub, type StubProblem } from './check-stub.ts';
export { type CompiledRunbook, type CompileRequest, compileRunbook } from './compile.ts';
export { keptCopies } from './compile-targets.ts';
export { evaluateTree, isTemplate, templatesOf } from './evaluate-tree.ts';
export { type LoadRequest, loadRunbook } from './load.ts';
export { type GivenParams, type ResolvedParams, resolveParams } from './resolve-params.ts';
export type {
  ApprovalGate,
  BackupDeclaration,
  ConfirmGate,
  DeclaredRollback,
  DeclaredUndo,
  ForEach,
  Gate,
  Param,
  ParamType,
  Retry,
  Runbook,
  Secret,
  Step,
  TargetDeclaration,
  TemplateTree,
} from './runbook.ts';
