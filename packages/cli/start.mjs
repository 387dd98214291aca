// `pnpm --filter cli start` runs in this package's folder; paths are meant from where the user stands.
if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
await import('./dist/bin.js');
