package dev.ridgepoint.model.stories;

import java.util.List;

/**
 * A stretch of a story before its words are chosen: parts in a row.
 *
 * @param conditions all of which must hold for it to be chosen among others
 */
record Template(List<Condition> conditions, List<Part> parts) {

  /** One of the parts. */
  sealed interface Part {}

  /** Words as they stand. */
  record Text(String text) implements Part {}

  /** One of several templates: {@code {big|[hero small] tiny|}}. */
  record Choice(List<Template> alternatives) implements Part {}

  /**
   * What another part of the grammar makes, {@code {rule hero friend}}, what to call an entity,
   * {@code {hero}} or {@code {hero.their}}, or a row of a table, {@code {colours}}.
   *
   * @param field the entity's field, or a row's
   * @param capital whether its first letter is a capital: {@code {Hero.they}}
   */
  record Mention(String name, List<String> arguments, String field, boolean capital)
      implements Part {}

  /** Chooses rows for an entity, without a word: {@code {toy = toys soft + colours}}. */
  record Casting(String entity, List<Rows> sources) implements Part {}

  /** The rows of a table for which all conditions hold. */
  record Rows(String table, List<Tag> tags) {}

  /** Whether an entity has a tag; without tags, whether there is one: {@code [friend !shy]}. */
  record Condition(String entity, List<Tag> tags) {}

  /** A tag that an entity has, or must not have. */
  record Tag(String name, boolean absent) {
    boolean holds(Entity entity) {
      return entity.tags().contains(name) != absent;
    }
  }
}
