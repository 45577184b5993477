import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type CallExpression,
  type Expression,
  isArrowFunction,
  isBinaryExpression,
  isCallExpression,
  isConditionalExpression,
  isExpressionStatement,
  isFunctionExpression,
  isIdentifier,
  isNewExpression,
  isParenthesizedExpression,
  isPropertyAccessExpression,
  isPropertyAssignment,
  isVoidExpression,
  type Node,
  type SourceFile,
  SyntaxKind,
} from "typescript/unstable/ast";
import { createVirtualFileSystem } from "typescript/unstable/fs";
import {
  API,
  type Checker,
  type Project,
  SignatureKind,
  SymbolFlags,
  type Type,
  TypeFlags,
} from "typescript/unstable/sync";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

/** A promise that nobody waits for and whose failure nobody takes. */
export interface ForgottenPromise {
  /** Path from the root of the repository. */
  readonly file: string;
  /** The first of it, in one line. */
  readonly text: string;
}

/** What the type checker finds below a folder of this repository. */
export function forgottenPromisesBelow(folder: string): ForgottenPromise[] {
  const project = join(ROOT, "tsconfig.build.json");
  return inProject(new API({ cwd: ROOT }), project, ({ program, checker }) =>
    program
      .getSourceFileNames()
      .map((name) => ({ name, file: relative(ROOT, name).replaceAll("\\", "/") }))
      .filter(({ file }) => file.startsWith(`${folder}/`))
      .flatMap(({ name, file }) => {
        const source = program.getSourceFile(name);
        return source === undefined ? [] : forgottenIn(source, checker).map((text) => ({ file, text }));
      }),
  );
}

/** What it finds in a program of one file. */
export function forgottenPromisesInText(text: string): string[] {
  const project = "/program/tsconfig.json";
  const files = {
    [project]: JSON.stringify({ compilerOptions: { strict: true, target: "es2023", types: [] }, files: ["only.ts"] }),
    "/program/only.ts": text,
  };
  return inProject(
    new API({ cwd: "/program", fs: createVirtualFileSystem(files) }),
    project,
    ({ program, checker }) => {
      const source = program.getSourceFile("/program/only.ts");
      if (source === undefined) throw new Error("the program was not read");
      return forgottenIn(source, checker);
    },
  );
}

function inProject<T>(api: API, file: string, look: (project: Project) => T): T {
  try {
    const project = api.updateSnapshot({ openProjects: [file] }).getProject(file);
    if (project === undefined) throw new Error(`${file} is no project`);
    return look(project);
  } finally {
    api.close();
  }
}

function forgottenIn(source: SourceFile, checker: Checker): string[] {
  const dropped: Expression[] = [];
  const handed: Expression[] = [];
  const visit = (node: Node): void => {
    if (isExpressionStatement(node)) dropped.push(...valuesOf(node.expression));
    if (isVoidExpression(node)) dropped.push(...valuesOf(node.expression));
    else if (isNewExpression(node) || (isCallExpression(node) && !isPluginOfFastify(node))) {
      handed.push(...(node.arguments ?? []));
    } else if (isPropertyAssignment(node)) handed.push(node.initializer);
    node.forEachChild(visit);
  };
  visit(source);
  const callbacks = functionsAmong(handed, checker);
  const found = [
    ...ofThese(dropped, checker, isPromise).filter((expression) => !isTaken(expression)),
    ...ofThese(callbacks, checker, (type) => promises(type, checker)).filter((each) => isDropped(each, checker)),
  ];
  return found.map((expression) => expression.getText(source).replaceAll(/\s+/g, " ").slice(0, 80));
}

/** Those of the expressions whose types are such. Asked for together: each question is one to another process. */
function ofThese(
  expressions: readonly Expression[],
  checker: Checker,
  isSuch: (type: Type) => boolean,
): readonly Expression[] {
  if (expressions.length === 0) return [];
  const types = checker.getTypeAtLocation(expressions);
  return expressions.filter((_, index) => {
    const type = types[index];
    return type !== undefined && isSuch(type);
  });
}

/** What a statement drops: of a choice each side, of an assignment nothing. */
function valuesOf(expression: Expression): Expression[] {
  if (isParenthesizedExpression(expression)) return valuesOf(expression.expression);
  // Looked at by itself.
  if (isVoidExpression(expression)) return [];
  if (isConditionalExpression(expression)) return [expression.whenTrue, expression.whenFalse].flatMap(valuesOf);
  if (!isBinaryExpression(expression)) return [expression];
  const choices: readonly SyntaxKind[] = [
    SyntaxKind.AmpersandAmpersandToken,
    SyntaxKind.BarBarToken,
    SyntaxKind.QuestionQuestionToken,
    SyntaxKind.CommaToken,
  ];
  return choices.includes(expression.operatorToken.kind) ? [expression.left, expression.right].flatMap(valuesOf) : [];
}

/** Somebody takes its failure. */
function isTaken(expression: Expression): boolean {
  if (!isCallExpression(expression) || !isPropertyAccessExpression(expression.expression)) return false;
  const { name, expression: promise } = expression.expression;
  if (name.text === "catch") return expression.arguments.length > 0;
  if (name.text === "then") return expression.arguments.length > 1;
  return name.text === "finally" && isTaken(promise);
}

/** Functions as written there, and names of some. The checker is asked for no other type: it stumbles over some tuples. */
function functionsAmong(expressions: readonly Expression[], checker: Checker): readonly Expression[] {
  const written = expressions.filter((each) => isArrowFunction(each) || isFunctionExpression(each));
  const named = expressions.filter((each) => isIdentifier(each) || isPropertyAccessExpression(each));
  if (named.length === 0) return written;
  const symbols = checker.getSymbolAtLocation(named);
  const ofFunction = SymbolFlags.Function | SymbolFlags.Method;
  return [...written, ...named.filter((_, index) => ((symbols[index]?.flags ?? SymbolFlags.None) & ofFunction) !== 0)];
}

/** Fastify waits for what a plugin begins, though its types have one that expects nothing. */
function isPluginOfFastify({ expression }: CallExpression): boolean {
  return isPropertyAccessExpression(expression) && expression.name.text === "register";
}

/** A function whose promise goes to somebody who expects nothing. */
function isDropped(callback: Expression, checker: Checker): boolean {
  if ((isArrowFunction(callback) || isFunctionExpression(callback)) && isTakenWithin(callback.body)) return false;
  const expected = checker.getContextualType(callback);
  if (expected === undefined) return false;
  const results = resultsOf(expected, checker);
  return results.length > 0 && results.every(({ flags }) => (flags & TypeFlags.Void) !== 0);
}

function isTakenWithin(body: Node): boolean {
  return isCallExpression(body) && isTaken(body);
}

function promises(type: Type, checker: Checker): boolean {
  return resultsOf(type, checker).some(isPromise);
}

/** What functions of a type return. */
function resultsOf(type: Type, checker: Checker): readonly Type[] {
  const parts = type.isUnionType() ? type.getTypes() : [type];
  return parts
    .flatMap((part) => checker.getSignaturesOfType(part, SignatureKind.Call))
    .flatMap((signature) => checker.getReturnTypeOfSignature(signature) ?? []);
}

function isPromise(type: Type): boolean {
  if (type.isUnionType()) return type.getTypes().some(isPromise);
  return type.getSymbol()?.name === "Promise";
}
