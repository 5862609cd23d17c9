package dev.ridgepoint.model.chat;

import java.util.HashMap;
import java.util.Map;

/** The variables that are visible at some place of a template, and what the rendering may cost. */
final class Scope {
  private final Scope parent;
  private final Map<String, Object> variables = new HashMap<>();
  private final Budget budget;

  private Scope(Scope parent, Budget budget) {
    this.parent = parent;
    this.budget = budget;
  }

  /** The outermost one. */
  static Scope root(Map<String, Object> variables, Budget budget) {
    Scope scope = new Scope(null, budget);
    scope.variables.putAll(variables);
    return scope;
  }

  /** One within this. */
  Scope inner() {
    return new Scope(this, budget);
  }

  /** The one around all. */
  Scope root() {
    Scope scope = this;
    while (scope.parent != null) {
      scope = scope.parent;
    }
    return scope;
  }

  /** The variable's value, or that it is undefined. */
  Object get(String name) {
    for (Scope scope = this; scope != null; scope = scope.parent) {
      Object value = scope.variables.get(name);
      if (value != null) {
        return value;
      }
    }
    return new Undefined(name);
  }

  void set(String name, Object value) {
    variables.put(name, value);
  }

  Budget budget() {
    return budget;
  }
}
