// What is asked of a passphrase: apart from the secret file, so that a page can say it before it has loaded that.

/** Fewest code points of a passphrase, after NFKC. Guards against slips; strength is the user's. */
export const MIN_PASSPHRASE_LENGTH = 12;
