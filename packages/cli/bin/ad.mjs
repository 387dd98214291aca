#!/usr/bin/env node
// Not in dist, so that installing links the command before anything is built.
import '../dist/bin.js';
