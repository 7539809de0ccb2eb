#!/usr/bin/env node
import { createApp } from './app.ts';
import { runCli } from './cli.ts';
import { processEnvironment } from './config.ts';

// A reader that went away (… | head) is no failure of ours.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

process.exitCode = await runCli({ argv: process.argv.slice(2), env: processEnvironment(), stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, createApp });
