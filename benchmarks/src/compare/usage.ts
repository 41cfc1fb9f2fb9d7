// A command that was asked for what it cannot do.

/** Wrong use: the message is a sentence for whoever typed it. */
export class UsageError extends Error {}
