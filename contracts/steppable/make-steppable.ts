import ts from 'typescript';
import type { Script } from './step.js';

/** Names of the functions of the source that do an `Atomics` operation, or call one that does. */
export function atomicFunctions(
  text: string,
  imported: (name: string) => Readonly<Record<string, unknown>>,
): ReadonlySet<string> {
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.ES2022, true);
  const atomic = new Set<string>();
  const callsOf = new Map<string, Set<string>>();
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement))
      for (const name of importedScripts(statement, imported)) atomic.add(name);
    if (ts.isFunctionDeclaration(statement) && statement.name) {
      callsOf.set(statement.name.text, callsIn(statement));
    }
  }
  for (let before = -1; before !== atomic.size; ) {
    before = atomic.size;
    for (const [name, calls] of callsOf) {
      if ([...calls].some((call) => call === 'Atomics' || atomic.has(call))) atomic.add(name);
    }
  }
  return atomic;
}

function importedScripts(
  statement: ts.ImportDeclaration,
  imported: (name: string) => Readonly<Record<string, unknown>>,
): string[] {
  const bindings = statement.importClause?.namedBindings;
  if (statement.importClause?.isTypeOnly || !bindings || !ts.isNamedImports(bindings)) return [];
  const module = imported((statement.moduleSpecifier as ts.StringLiteral).text);
  return bindings.elements
    .filter((element) => !element.isTypeOnly && isScript(module[(element.propertyName ?? element.name).text]))
    .map((element) => element.name.text);
}

export function isScript(value: unknown): value is (...args: unknown[]) => Script<unknown> {
  return typeof value === 'function' && value.constructor.name === 'GeneratorFunction';
}

function callsIn(root: ts.Node): Set<string> {
  const calls = new Set<string>();
  const look = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      if (ts.isIdentifier(node.expression)) calls.add(node.expression.text);
      else if (atomicsOp(node) !== undefined) calls.add('Atomics');
    }
    ts.forEachChild(node, look);
  };
  look(root);
  return calls;
}

function atomicsOp(call: ts.CallExpression): string | undefined {
  const { expression } = call;
  if (!ts.isPropertyAccessExpression(expression) || !ts.isIdentifier(expression.expression)) return undefined;
  return expression.expression.text === 'Atomics' ? expression.name.text : undefined;
}

/**
 * Makes the functions generators: `Atomics.op(...)` is a `yield` of a step, and calls among them are `yield*`. Each keeps its result in
 * a variable of its own and says which variables there are, so that two histories that leave the same values behind can go on as one.
 */
export function makeSteppable(atomic: ReadonlySet<string>): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (source) => {
    const statements = source.statements.map((statement) =>
      ts.isFunctionDeclaration(statement) && statement.name && atomic.has(statement.name.text)
        ? new FunctionToScript(context, atomic, statement.name.text).convert(statement)
        : statement,
    );
    return context.factory.updateSourceFile(source, statements);
  };
}

class FunctionToScript {
  readonly #context: ts.TransformationContext;
  readonly #atomic: ReadonlySet<string>;
  readonly #name: string;
  #variables: readonly string[] = [];
  #sites = 0;

  constructor(context: ts.TransformationContext, atomic: ReadonlySet<string>, name: string) {
    this.#context = context;
    this.#atomic = atomic;
    this.#name = name;
  }

  convert(declaration: ts.FunctionDeclaration): ts.FunctionDeclaration {
    const { factory } = this.#context;
    this.#variables = variablesOf(declaration);
    const inner = ts.visitEachChild(declaration, (node) => this.#visit(node), this.#context);
    const { modifiers, name, typeParameters, parameters, type, body } = inner;
    const results = Array.from({ length: this.#sites }, (_, site) =>
      factory.createVariableDeclaration(`$${site}`),
    );
    const declared = factory.createVariableStatement(
      undefined,
      factory.createVariableDeclarationList(results, ts.NodeFlags.Let),
    );
    const star = factory.createToken(ts.SyntaxKind.AsteriskToken);
    const block = factory.createBlock([declared, ...(body?.statements ?? [])], true);
    return factory.updateFunctionDeclaration(
      inner,
      modifiers,
      star,
      name,
      typeParameters,
      parameters,
      type,
      block,
    );
  }

  #visit(node: ts.Node): ts.Node {
    const { factory } = this.#context;
    const inner = ts.visitEachChild(node, (child) => this.#visit(child), this.#context);
    if (!ts.isCallExpression(inner)) return inner;
    const op = atomicsOp(inner);
    if (op !== undefined) {
      return this.#delegate('$step', [factory.createStringLiteral(op), ...inner.arguments]);
    }
    if (!ts.isIdentifier(inner.expression) || !this.#atomic.has(inner.expression.text)) return inner;
    return this.#delegate('$call', [inner]);
  }

  /** `($1 = yield* helper('name:1', () => [variables], ...))` */
  #delegate(helper: '$step' | '$call', args: readonly ts.Expression[]): ts.Expression {
    const { factory } = this.#context;
    const site = this.#sites++;
    const results = Array.from({ length: site }, (_, before) => `$${before}`);
    const values = [...this.#variables, ...results].map((name) => this.#valueOf(name));
    const call = factory.createCallExpression(factory.createIdentifier(helper), undefined, [
      factory.createStringLiteral(`${this.#name}:${site}`),
      arrow(factory, factory.createArrayLiteralExpression(values)),
      ...args,
    ]);
    const star = factory.createToken(ts.SyntaxKind.AsteriskToken);
    const assigned = factory.createAssignment(
      factory.createIdentifier(`$${site}`),
      factory.createYieldExpression(star, call),
    );
    return factory.createParenthesizedExpression(assigned);
  }

  /** A function that gives it: it may not be declared yet, or out of scope. */
  #valueOf(name: string): ts.Expression {
    return arrow(this.#context.factory, this.#context.factory.createIdentifier(name));
  }
}

function arrow(factory: ts.NodeFactory, body: ts.Expression): ts.ArrowFunction {
  return factory.createArrowFunction(undefined, undefined, [], undefined, undefined, body);
}

function variablesOf(root: ts.FunctionDeclaration): readonly string[] {
  const names = new Set<string>();
  const look = (node: ts.Node): void => {
    const declares = ts.isVariableDeclaration(node) || ts.isParameter(node);
    if (declares && ts.isIdentifier(node.name)) names.add(node.name.text);
    ts.forEachChild(node, look);
  };
  look(root);
  return [...names];
}
