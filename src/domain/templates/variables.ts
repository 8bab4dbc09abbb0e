import {
  type Arguments,
  CaseTag,
  IfTag,
  type Template,
  type Token,
  toValueSync,
  TypeGuards,
  UnlessTag,
  Value,
} from "liquidjs";
import { MAX_NESTING, NESTED_TOO_DEEPLY } from "./limits.ts";

/** Tags are nested over the limit. */
export class NestingError extends Error {
  override readonly name = "NestingError";

  /** @param offset of the innermost tag within its source */
  constructor(readonly offset: number) {
    super(NESTED_TOO_DEEPLY);
  }
}

/** Top-level variable that templates name but do not define. */
export interface FoundVariable {
  readonly name: string;
  /** Offset of its first use that requires a value; null: the templates can be rendered without it. */
  readonly requiredAt: number | null;
}

interface Use {
  readonly name: string;
  readonly offset: number;
}

// The first set holds the variables that `assign` and similar tags have defined so far, and the others
// hold those of the enclosing blocks.
type Scope = readonly [assigned: Set<string>, ...blocks: ReadonlySet<string>[]];

interface Branch {
  /** Variables that exist within the branch. */
  readonly names: Iterable<string>;
  readonly templates: readonly Template[];
}

/**
 * Finds the top-level variables of templates, in one pass: the analysis of liquidjs computes the line of
 * each use, which makes it quadratic in the length of the source.
 *
 * @throws {NestingError}
 */
export function findVariables(templates: readonly Template[]): FoundVariable[] {
  const found = new Map<string, number | null>();
  const record = ({ name, offset }: Use, required: boolean, scope: Scope) => {
    if (scope.some((names) => names.has(name))) return;
    const earlier = found.get(name) ?? null;
    found.set(name, earlier ?? (required ? offset : null));
  };
  const visit = (template: Template, scope: Scope, level: number) => {
    if (level > MAX_NESTING) throw new NestingError(template.token.begin);
    const isCondition = template instanceof IfTag || template instanceof UnlessTag ||
      template instanceof CaseTag;
    for (const argument of template.arguments?.() ?? []) {
      const { optional, required } = usesIn(argument, isCondition);
      optional.forEach((use) => record(use, false, scope));
      required.forEach((use) => record(use, true, scope));
    }
    for (const { content } of template.localScope?.() ?? []) scope[0].add(content);
    for (const { names, templates } of branchesOf(template)) {
      const inner: Scope = [...scope, new Set(names)];
      for (const child of templates) visit(child, inner, level + 1);
    }
  };
  const scope: Scope = [new Set()];
  for (const template of templates) visit(template, scope, 0);
  return [...found].map(([name, requiredAt]) => ({ name, requiredAt }));
}

function branchesOf(template: Template): Branch[] {
  if (template instanceof IfTag) {
    const { branches, elseTemplates = [] } = template;
    return [
      // The branch is rendered only if the variables of its condition exist.
      ...branches.map(({ value, templates }) => ({ names: namesOf(value), templates })),
      { names: [], templates: elseTemplates },
    ];
  }
  if (!template.children) return [];
  const templates = toValueSync(template.children(false, true));
  return [{ names: template.blockScope?.() ?? [], templates }];
}

function namesOf(condition: Value): string[] {
  const { optional, required } = usesIn(condition, false);
  return [...optional, ...required].map(({ name }) => name);
}

type Argument = Arguments extends Iterable<infer Item> ? Item : never;

/** Divides the uses in an argument by whether the variable may be missing. */
function usesIn(argument: Argument, isCondition: boolean): { optional: Use[]; required: Use[] } {
  const optional: Use[] = [];
  const required: Use[] = [];
  if (!(argument instanceof Value)) {
    collectUses(argument, isCondition ? optional : required);
    return { optional, required };
  }
  const { initial, filters } = argument;
  const mayBeMissing = isCondition || filters[0]?.name === "default";
  for (const token of initial.postfix) collectUses(token, mayBeMissing ? optional : required);
  for (const arg of filters.flatMap(({ args }) => args)) {
    const token = Array.isArray(arg) ? arg[1] : arg;
    if (token) collectUses(token, required);
  }
  return { optional, required };
}

function collectUses(token: Token, uses: Use[]): void {
  if (TypeGuards.isRangeToken(token)) {
    collectUses(token.lhs, uses);
    collectUses(token.rhs, uses);
  }
  if (!TypeGuards.isPropertyAccessToken(token)) return;
  const [root, ...properties] = token.props;
  if (token.variable) collectUses(token.variable, uses);
  else if (TypeGuards.isQuotedToken(root) || TypeGuards.isWordToken(root)) {
    uses.push({ name: root.content, offset: token.begin });
  } else if (root) collectUses(root, uses);
  for (const property of properties) collectUses(property, uses);
}
