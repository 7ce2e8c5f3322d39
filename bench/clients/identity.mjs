/** Any key pair works, because the sink does not verify signatures. */
export const SecretId = "AKIDbenchbenchbenchbenchbench";
export const SecretKey = "benchbenchbenchbenchbenchbench";
export const Bucket = "bench-1250000000";
export const Region = "ap-guangzhou";
