/** A portal's own numeric id as decimal digits, no sign, no leading zeros. May exceed 2^31; never a JavaScript number. */
export type Id = string;
