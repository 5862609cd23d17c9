package dev.ridgepoint.model.chat;

import java.util.List;
import java.util.Map;

/** What a function, filter or test is called with. */
record Arguments(List<Object> positional, Map<String, Object> named) {
  static final Arguments NONE = new Arguments(List.of(), Map.of());

  /** An argument by its place or name, or else {@code absent}. */
  Object get(int index, String name, Object absent) {
    return index < positional.size() ? positional.get(index) : named.getOrDefault(name, absent);
  }

  /** An argument that must be there. */
  Object required(int index, String name) {
    Object value = get(index, name, null);
    if (value == null) {
      throw new TemplateException("argument '" + name + "' is missing");
    }
    return value;
  }

  int size() {
    return positional.size();
  }
}
