import { createComplexityRule } from "@pothos/plugin-complexity";
import {
  type DocumentNode,
  GraphQLError,
  Kind,
  Lexer,
  parse,
  Source,
  TokenKind,
  TypeInfo,
  ValidationContext,
  visit,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Issue } from "../../domain/errors.ts";
import { DocumentCache } from "./document_cache.ts";

// A mutation with 10,000 recipients in its document has about 150,000 tokens.
const MAX_TOKENS = 250_000;
// The parser recurses, and overflows the stack at some thousands of levels.
const MAX_LEVELS = 500;
// Validation compares all fields of one name with each other, which takes quadratic time.
const MAX_FIELDS = 5000;
const MAX_DEPTH = 12;
const MAX_BREADTH = 500;
// Twice the cost of the largest useful page: 200 objects with 60 fields and a list in each.
const MAX_COMPLEXITY = 100_000;

const OPENING: readonly TokenKind[] = [TokenKind.PAREN_L, TokenKind.BRACKET_L, TokenKind.BRACE_L];
const CLOSING: readonly TokenKind[] = [TokenKind.PAREN_R, TokenKind.BRACKET_R, TokenKind.BRACE_R];

// The complexity rule traverses each operation separately.
const OPERATIONS_ONLY = { Document: ["definitions"] } as const;

/**
 * Refuses documents that are too large and operations that cost too much, before they are executed. The
 * cost of a list is multiplied by its `first` or `last`.
 */
export function useLimits(): Plugin {
  const documents = new DocumentCache();
  return {
    onParse({ setParseFn }) {
      setParseFn((text: string | Source, options) => {
        const source = typeof text === "string" ? new Source(text) : text;
        return documents.get(source.body, () => {
          checkNesting(source);
          return checkSize(parse(source, { ...options, maxTokens: MAX_TOKENS }));
        });
      });
    },
    onValidate({ params: { schema, documentAST }, context, setResult }) {
      if (documents.isValid(documentAST)) setResult([]);
      return ({ valid, setResult }) => {
        if (!valid) return;
        documents.setValid(documentAST);
        // The cost depends on the variables, so that it is computed for every request.
        const { variables, operationName } = (context as { params?: OperationParams }).params ?? {};
        const applyRule = createComplexityRule({
          context,
          variableValues: variables ?? {},
          operationName: operationName ?? null,
          maxDepth: MAX_DEPTH,
          maxBreadth: MAX_BREADTH,
          maxComplexity: MAX_COMPLEXITY,
        });
        const errors: GraphQLError[] = [];
        const addError = (error: GraphQLError) => void errors.push(error);
        const rule = applyRule(
          new ValidationContext(schema, documentAST, new TypeInfo(schema), addError),
        );
        visit(documentAST, rule, OPERATIONS_ONLY);
        if (errors.length > 0) setResult(errors.map(asBadRequest));
      };
    },
  };
}

interface OperationParams {
  readonly variables?: Record<string, unknown> | null;
  readonly operationName?: string | null;
}

// The GraphQL-over-HTTP specification requires 400 for an invalid document.
function asBadRequest(error: GraphQLError): GraphQLError {
  const { message, nodes, extensions } = error;
  return new GraphQLError(message, {
    nodes,
    extensions: { ...extensions, ...variableIssue(error), http: { spec: true, status: 400 } },
  });
}

// Reports a malformed variable like any other invalid input, with a code and the path of its field.
function variableIssue(error: GraphQLError): { code: string; issues: Issue[] } | null {
  const match = /^Variable "\$(\w+)" has invalid value(?: at (\S+))?: (.*)$/s.exec(error.message);
  if (!match) return null;
  const [, variable = "", place, message = ""] = match;
  const path = place?.replaceAll(/\[(\d+)\]/g, ".$1").split(".").filter(Boolean) ?? [variable];
  return { code: "INVALID_INPUT", issues: [{ path, code: "MALFORMED", message }] };
}

// Reads the tokens one after the other, because the parser would recurse before it could count levels.
function checkNesting(source: Source): void {
  const lexer = new Lexer(source);
  let levels = 0;
  for (let tokens = 0; tokens <= MAX_TOKENS; tokens++) {
    const { kind, start } = lexer.advance();
    if (kind === TokenKind.EOF) return;
    if (CLOSING.includes(kind)) levels--;
    if (OPENING.includes(kind) && ++levels > MAX_LEVELS) {
      throw new GraphQLError(
        `The document nests more than ${MAX_LEVELS} levels of brackets`,
        { source, positions: [start], extensions: { code: "DOCUMENT_TOO_DEEP" } },
      );
    }
  }
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
