-- What an analyst reads.
SELECT 1;
