CREATE TABLE `cells` (
	`id` text PRIMARY KEY NOT NULL,
	`run_id` text NOT NULL,
	`idx` integer NOT NULL,
	`config` text NOT NULL,
	`model` text NOT NULL,
	`provider` text NOT NULL,
	`scenario` text NOT NULL,
	`batch` integer NOT NULL,
	`threads` integer NOT NULL,
	`state` text NOT NULL,
	`verdict` text,
	`p50_ns` real,
	`p50_low_ns` real,
	`p50_high_ns` real,
	`p99_ns` real,
	`throughput` real,
	`throughput_low` real,
	`throughput_high` real,
	`started_at` text,
	`ended_at` text,
	`outcome` text NOT NULL,
	`provenance` text,
	`machine_sha256` text,
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`machine_sha256`) REFERENCES `machines`(`sha256`) ON UPDATE no action ON DELETE no action
) STRICT;

CREATE UNIQUE INDEX `cells_by_run` ON `cells` (`run_id`,`idx`);
CREATE INDEX `cells_by_filter` ON `cells` (`run_id`,`model`,`provider`,`state`,`verdict`);
CREATE INDEX `cells_by_model` ON `cells` (`model`,`provider`,`run_id`,`idx`);
CREATE INDEX `cells_by_machine` ON `cells` (`machine_sha256`);
CREATE TABLE `machines` (
	`sha256` text PRIMARY KEY NOT NULL,
	`fingerprint` text NOT NULL,
	`report` text NOT NULL,
	`first_seen` text NOT NULL
) STRICT;

CREATE TABLE `models` (
	`name` text PRIMARY KEY NOT NULL,
	`path` text NOT NULL,
	`sha256` text NOT NULL,
	`kind` text NOT NULL,
	`added_at` text NOT NULL,
	`summary` text NOT NULL
) STRICT;

CREATE TABLE `runs` (
	`id` text PRIMARY KEY NOT NULL,
	`plan` text NOT NULL,
	`files` text NOT NULL,
	`state` text NOT NULL,
	`machine_sha256` text NOT NULL,
	`created_at` text NOT NULL,
	`ended_at` text,
	`owner_pid` integer,
	`owner_start` text,
	FOREIGN KEY (`machine_sha256`) REFERENCES `machines`(`sha256`) ON UPDATE no action ON DELETE no action
) STRICT;

CREATE INDEX `runs_by_state` ON `runs` (`state`,`id`);
CREATE INDEX `runs_by_machine` ON `runs` (`machine_sha256`);
CREATE TABLE `series` (
	`cell_id` text NOT NULL,
	`process` integer NOT NULL,
	`n` integer NOT NULL,
	`encoding` integer NOT NULL,
	`data` blob NOT NULL,
	PRIMARY KEY(`cell_id`, `process`),
	FOREIGN KEY (`cell_id`) REFERENCES `cells`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
