package dev.ridgepoint.model.chat;

import java.util.Map;

/** Jinja's object whose attributes a loop's body can set for what comes after the loop. */
record Namespace(Map<String, Object> attributes) {}
