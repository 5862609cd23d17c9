package dev.ridgepoint.model.stories;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Somebody or something of a story, as one or more rows of {@link Words} describe it.
 *
 * @param fields what to call it, by field, such as {@code name} and {@code their}
 * @param tags what may be told of it
 */
record Entity(Map<String, String> fields, Set<String> tags) {

  /** The field that a plain mention shows. */
  static final String NAME = "name";

  Entity {
    fields = Map.copyOf(fields);
    tags = Set.copyOf(tags);
  }

  Optional<String> field(String name) {
    return Optional.ofNullable(fields.get(name));
  }

  /** This one with what another row says of it besides. */
  Entity with(Entity more) {
    Map<String, String> allFields = new HashMap<>(more.fields);
    allFields.putAll(fields);
    Set<String> allTags = new HashSet<>(tags);
    allTags.addAll(more.tags);
    return new Entity(allFields, allTags);
  }
}
