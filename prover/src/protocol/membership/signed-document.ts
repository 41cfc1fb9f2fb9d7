// What petitions and snapshots have in common: a registrar's document about a frozen roll.
// docs/spec/membership.md §6.
import { hex } from "../../formats/schema.ts";
import { organisationSchema } from "../scope-document.ts";
import { leanRollSchema } from "./lean-roll.ts";

/** Fields that every such document has. */
export const signedDocumentShape = {
  organisation: organisationSchema,
  nonce: hex(32),
  roll: leanRollSchema,
};

/** The registrar's Ed25519 key, hexadecimal, that the caller was given by another way than the document itself. */
export interface RegistrarAnchor {
  readonly kind: "registrar";
  readonly key: string;
}

/** No anchor: only that the document agrees with itself is checked, and the outcome says so. */
export interface NoAnchor {
  readonly kind: "none";
}
