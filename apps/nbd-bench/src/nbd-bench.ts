#!/usr/bin/env node
import { main } from './cli/main.js';

// Not process.exit: what is on its way to stdout would be lost.
process.exitCode = await main(process.argv.slice(2));
