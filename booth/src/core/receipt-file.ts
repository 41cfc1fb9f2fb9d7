// A receipt as a file, apart: a page that is just starting needs none of what makes it.
export { claimReceiptBytes, petitionReceiptBytes, receiptBytes } from "@commune-zk/prover";
