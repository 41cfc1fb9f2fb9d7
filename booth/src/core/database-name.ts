// Apart, so that the page can see whether it was here before without loading what opens the database.

/** Name of the booth's database. */
export const DATABASE_NAME = "commune-booth";
