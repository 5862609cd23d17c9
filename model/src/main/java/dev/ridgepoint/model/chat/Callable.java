package dev.ridgepoint.model.chat;

/** A value that a template can call. */
interface Callable {
  Object call(Arguments arguments);
}
