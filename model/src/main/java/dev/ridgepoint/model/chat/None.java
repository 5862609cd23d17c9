package dev.ridgepoint.model.chat;

/** Python's None. */
enum None {
  NONE
}
