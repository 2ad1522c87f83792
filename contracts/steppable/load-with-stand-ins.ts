import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';
import ts from 'typescript';
import { type Mutation, readMutated } from './mutate.js';

export interface StandIns {
  /** What the source imports, by the name that it does so by. */
  readonly imports?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What it takes from the global scope, such as `Atomics`. */
  readonly globals?: Readonly<Record<string, unknown>>;
  readonly mutations?: readonly Mutation[];
}

/**
 * Loads a TypeScript source file as it is, over other imports and globals than its own: with those that do steps, `replay` makes a script of it.
 *
 * @throws Error if it imports what there is no stand-in for; as `Mutation`s are replaced.
 */
export function loadWithStandIns<Module>(file: URL, standIns: StandIns): Module {
  const { imports = {}, globals = {}, mutations = [] } = standIns;
  const { outputText } = ts.transpileModule(readMutated(file, mutations), {
    fileName: fileURLToPath(file),
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
  });
  const require = (name: string): unknown => {
    if (imports[name] === undefined) throw new Error(`no stand-in for "${name}" of ${file.pathname}`);
    return imports[name];
  };
  const exports = {};
  const run = compileFunction(outputText, ['exports', 'require', ...Object.keys(globals)], {
    filename: file.pathname,
  });
  run(exports, require, ...Object.values(globals));
  return exports as Module;
}
