package dev.ridgepoint.model.chat;

/** What is wrong with a template or with what it was given, in one line. */
final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1;

  TemplateException(String message) {
    super(message, null, false, false);
  }

  /** What is wrong in a line of the template. */
  TemplateException(int line, String message) {
    this("line " + line + ": " + message);
  }
}
