import { defineConfig, type Options } from 'tsup';

type Plugin = NonNullable<Options['plugins']>[number];

/**
 * The bundler makes `var Name = class _Name` of a class that names itself, and stack traces and `console.log` show that. Its `keepNames` mends
 * `name`, not the traces, and costs a call for each closure. A space in place of the underscore keeps the source map right.
 */
const classesKeepTheirNames: Plugin = {
  name: 'classes-keep-their-names',
  renderChunk(code) {
    const renamed = new Set(
      [...code.matchAll(/^var ([\w$]+) = class _\1\b/gm)].map(([, name]) => `_${name}`),
    );
    if (renamed.size === 0) return null;
    return {
      code: code.replace(/(?<![\w$.#])_[\w$]+/g, (word) => (renamed.has(word) ? ` ${word.slice(1)}` : word)),
    };
  },
};

/** How every package is built: ESM for the oldest Node we serve, declarations and source maps beside it. */
export const packageBuild = (entry: Options['entry'], options: Options = {}) =>
  defineConfig({
    ...(entry === undefined ? {} : { entry }),
    format: 'esm',
    target: 'node20',
    // tsup still sets `baseUrl`, which TypeScript 6 only accepts when told to.
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
    sourcemap: true,
    clean: true,
    treeshake: false,
    plugins: [classesKeepTheirNames],
    ...options,
  });
