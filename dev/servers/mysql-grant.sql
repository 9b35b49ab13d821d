-- Tests create their own databases, for which the image's MYSQL_USER has no right.
GRANT ALL PRIVILEGES ON *.* TO 'floodgate'@'%';
