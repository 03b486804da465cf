/**
 * How far back the inbox reaches: ids of messages that were handled are forgotten after so many ms, or so many
 * younger ones of the same app. A broker sends a message again after seconds or, where a process was down, after
 * however long that was.
 */
export const INBOX_AGE = 7 * 24 * 3_600_000;
export const INBOX_COUNT = 250_000;
