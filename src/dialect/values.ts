/** Values on their way into a statement. */

/** A scalar operand after binding: canonical text, an exact number as text, or a boolean. */
export type Scalar = string | boolean;

/** A value to be stored (schema/stored-values.ts): as a Scalar; JSON as its text, bytes in base64, arrays as PostgreSQL writes them. */
export type Stored = Scalar | null;
