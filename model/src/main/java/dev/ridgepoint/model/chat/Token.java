package dev.ridgepoint.model.chat;

/**
 * A token of a template.
 *
 * @param text of a string or of text its value, of others what stands in the template
 * @param line where it stands, from 1
 */
record Token(Kind kind, String text, int line) {
  enum Kind {
    /** Text outside of all tags. */
    TEXT,
    /** The beginning and end of an output. */
    OUTPUT_BEGIN,
    OUTPUT_END,
    /** The beginning and end of a statement. */
    BLOCK_BEGIN,
    BLOCK_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
  }

  boolean is(Kind other, String value) {
    return kind == other && text.equals(value);
  }

  TemplateException unexpected() {
    return new TemplateException(
        line, "unexpected " + (kind == Kind.END ? "end of the template" : "'" + text + "'"));
  }
}
