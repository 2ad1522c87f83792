import { defineConfig, type Options } from 'tsup';

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
    ...options,
  });
