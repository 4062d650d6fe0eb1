#!/usr/bin/env node
await import('../dist/store/main.js')
