// Loaded into a process before its program: says at its end how much memory it had at most.
process.on('exit', () => console.log(`peak memory ${process.resourceUsage().maxRSS} KiB`));
