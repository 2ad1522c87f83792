/**
 * What a coroutine function returns: a generator that yields nothing to its enterer and ends with a `T`.
 * Written `function* (): Co<T>`, called with `yield*`.
 */
export type Co<T> = Generator<undefined, T, undefined>;
