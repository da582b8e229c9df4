/** Parts of which schemas are made: numbers and names with a description that gives their unit, and types that follow from a schema. */
import { z } from 'zod';

/** What a schema describes, as the type of data that nobody changes. */
export type Described<Schema extends z.ZodType> = DeepReadonly<z.infer<Schema>>;

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

/** A number of things: an integer from 0 on. */
export const count = (what: string) => z.int().nonnegative().describe(what);
/** A size: an integer from 1 on. */
export const size = (what: string) => z.int().positive().describe(what);
/** A quantity from 0 on, in the unit that `what` names. */
export const amount = (what: string) => z.number().nonnegative().describe(what);
/** A share, from 0 to 1. */
export const share = (what: string) => z.number().min(0).max(1).describe(what);
/** A name or a line of text. */
export const text = (what: string) => z.string().describe(what);
/** Yes or no. */
export const flag = (what: string) => z.boolean().describe(what);
/** SHA-256 in hexadecimal. */
export const digest = (what: string) =>
  z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe(`${what}, SHA-256`);

/**
 * A schema of an object whose type is declared elsewhere. Every field of the type must be given, and no other: a field added to the type and
 * not to the schema does not compile.
 */
export function fieldsOf<T extends object>(fields: { [Key in keyof T]-?: z.ZodType<T[Key]> }) {
  return z.strictObject(fields) as z.ZodObject as z.ZodObject<{ [Key in keyof T]-?: z.ZodType<T[Key]> }>;
}
