import { createComplexityRule } from "@pothos/plugin-complexity";
import { type DocumentNode, GraphQLError, Kind, parse, validate, visit } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Issue } from "../../domain/errors.ts";

// Ten thousand recipients written out in a mutation have some 150,000 tokens.
const MAX_TOKENS = 250_000;
// Validation compares fields of one name with each other.
const MAX_FIELDS = 5000;
const MAX_DEPTH = 12;
const MAX_BREADTH = 500;
// Twice what the costliest sensible page takes: 200 objects with 60 fields and a list in each.
const MAX_COMPLEXITY = 100_000;

/**
 * Refuses documents and operations that would cost too much, before anything of them runs. Lists count
 * as many times as their `first` or `last` asks for.
 */
export function useLimits(): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source, options) =>
        checkSize(parse(source, { ...options, maxTokens: MAX_TOKENS }))
      );
    },
    onValidate({ params: { schema, documentAST }, context }) {
      return ({ valid, setResult }) => {
        if (!valid) return;
        const { variables, operationName } = (context as { params?: OperationParams }).params ?? {};
        const rule = createComplexityRule({
          context,
          variableValues: variables ?? {},
          operationName: operationName ?? null,
          maxDepth: MAX_DEPTH,
          maxBreadth: MAX_BREADTH,
          maxComplexity: MAX_COMPLEXITY,
        });
        const errors = validate(schema, documentAST, [rule]);
        if (errors.length > 0) setResult(errors.map(asBadRequest));
      };
    },
  };
}

interface OperationParams {
  readonly variables?: Record<string, unknown> | null;
  readonly operationName?: string | null;
}

// As the GraphQL-over-HTTP specification has it for what does not validate.
function asBadRequest(error: GraphQLError): GraphQLError {
  const { message, nodes, extensions } = error;
  return new GraphQLError(message, {
    nodes,
    extensions: { ...extensions, ...variableIssue(error), http: { spec: true, status: 400 } },
  });
}

// A variable of the wrong form is bad input like any other: it gets a code, and names its field.
function variableIssue(error: GraphQLError): { code: string; issues: Issue[] } | null {
  const found = /^Variable "\$(\w+)" has invalid value(?: at (\S+))?: (.*)$/s.exec(error.message);
  if (!found) return null;
  const [, variable = "", place, message = ""] = found;
  const path = place?.replaceAll(/\[(\d+)\]/g, ".$1").split(".").filter(Boolean) ?? [variable];
  return { code: "INVALID_INPUT", issues: [{ path, code: "MALFORMED", message }] };
}

function checkSize(document: DocumentNode): DocumentNode {
  let fields = 0;
  visit(document, { [Kind.FIELD]: () => void fields++ });
  if (fields <= MAX_FIELDS) return document;
  throw new GraphQLError(
    `The document selects ${fields} fields; at most ${MAX_FIELDS} are allowed`,
    {
      extensions: { code: "DOCUMENT_TOO_LARGE" },
    },
  );
}
