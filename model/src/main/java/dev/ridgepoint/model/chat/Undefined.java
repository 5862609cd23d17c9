package dev.ridgepoint.model.chat;

/** What a name stands for that nobody has defined: empty and false, and an error to look into. */
record Undefined(String name) {
  TemplateException refused() {
    return new TemplateException("'" + name + "' is undefined");
  }
}
