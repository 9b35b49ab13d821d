-- Tests make databases of their own, which the image's MYSQL_USER may not.
GRANT ALL PRIVILEGES ON *.* TO 'floodgate'@'%';
