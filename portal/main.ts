#!/usr/bin/env node
import { createApp } from './app.ts';
import { runOperatorCommand } from './operator-cli/program.ts';
import { processTerminal } from './operator-cli/terminal.ts';

process.exitCode = await runOperatorCommand(process.argv.slice(2), processTerminal(), createApp);
