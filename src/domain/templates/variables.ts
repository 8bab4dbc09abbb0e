import {
  analyzeSync,
  type Arguments,
  CaseTag,
  IfTag,
  type Template,
  UnlessTag,
  Value,
} from "liquidjs";

/** Variable and its first position; lines and columns count from 1. */
export interface VariablePosition {
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

/** Lists the top-level variables that templates name. */
export function namedVariables(templates: readonly Template[]): string[] {
  return Object.keys(analyzeSync([...templates]).globals);
}

/**
 * Lists the top-level variables without which the templates cannot be rendered.
 *
 * The analysis of liquidjs finds every variable, within the scopes of `assign`, `for` and similar tags. It
 * runs on views of the templates without the places where a missing variable is harmless.
 */
export function findRequiredVariables(templates: readonly Template[]): VariablePosition[] {
  const { globals } = analyzeSync(templates.map(strictView));
  return Object.entries(globals).map(([name, [first]]) => ({
    name,
    line: first?.location.row ?? 1,
    column: first?.location.col ?? 1,
  }));
}

function strictView(template: Template): Template {
  const view = withArguments(template, () => strictArguments(template));
  view.blockScope = template.blockScope?.bind(template);
  view.localScope = template.localScope?.bind(template);
  if (template.children) view.children = () => strictChildren(template);
  return view;
}

function withArguments(template: Template, args: () => Arguments): Template {
  return { token: template.token, render: () => {}, arguments: args };
}

function* strictArguments(template: Template): Arguments {
  const isCondition = template instanceof IfTag || template instanceof UnlessTag ||
    template instanceof CaseTag;
  for (const argument of template.arguments?.() ?? []) {
    if (!(argument instanceof Value)) {
      if (!isCondition) yield argument;
    } else if (isCondition || argument.filters[0]?.name === "default") {
      yield* filterArguments(argument);
    } else {
      yield argument;
    }
  }
}

function* filterArguments(value: Value): Arguments {
  for (const argument of value.filters.flatMap(({ args }) => args)) {
    const token = Array.isArray(argument) ? argument[1] : argument;
    if (token) yield token;
  }
}

function* strictChildren(template: Template): Generator<unknown, Template[]> {
  if (template instanceof IfTag) {
    const { branches, elseTemplates = [] } = template;
    return [
      ...branches.map(({ value, templates }) => branch(template, value, templates)),
      ...elseTemplates.map(strictView),
    ];
  }
  const children = yield* template.children?.(false, true) ?? [];
  return (children ?? []).map(strictView);
}

/** Defines the variables of a condition in its branch, which is rendered only if they exist. */
function branch(template: Template, condition: Value, templates: readonly Template[]): Template {
  const named = analyzeSync([withArguments(template, () => [condition])]);
  return {
    ...withArguments(template, () => []),
    blockScope: () => Object.keys(named.globals),
    *children() {
      // The library requires a generator, and a generator without yield is a lint error.
      yield* [];
      return templates.map(strictView);
    },
  };
}
