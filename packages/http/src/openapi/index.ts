export { buildDocument, type DocumentDescription, type SecurityScheme } from "./build-document.ts";
export {
  BODY_PROBLEMS,
  COMMON_PROBLEMS,
  type DescribedAnswer,
  type DescribedBody,
  type DescribedHeader,
  type DescribedHeaders,
  type EmptyAnswer,
  hasBody,
  type OperationDescription,
} from "./describe-operation.ts";
export { codesByStatus, type ProblemExample, problemSchema, problemSchemaOf } from "./problem-responses.ts";
